// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title A compute market of orders, bids and leases, in the manner of Akash
/// @notice Each order is a small auction among providers, with slots of its own; only stakes meet, in `totalStaked`, and votes, in `votesFor`.
contract LeaseMarket {
    struct Order {
        address tenant;
        address provider;
        uint256 price;
        uint256 escrow;
    }

    /// @notice All orders; the best bid so far is the provider and the price.
    mapping(uint256 id => Order) public orders;

    /// @notice What each provider offers, in units of compute.
    mapping(address provider => uint256 units) public resourcesOf;

    /// @notice What each account can spend, and what it has earned.
    mapping(address owner => uint256 amount) public creditOf;

    /// @notice What each account has staked.
    mapping(address staker => uint256 amount) public stakeOf;

    /// @notice All stakes together. Every stake reads and writes it.
    uint256 public totalStaked;

    /// @notice Votes for each proposal, weighed by stake.
    mapping(uint256 proposal => uint256 weight) public votesFor;

    event Leased(uint256 indexed id, address indexed provider, uint256 price);
    event Settled(uint256 indexed id, uint256 paid, uint256 refunded);

    error NotBetter(uint256 price, uint256 best);
    error NotTenant(uint256 id, address caller);
    error TooMuch(uint256 asked, uint256 available);

    /// @notice Puts in what is sent.
    function fund() external payable {
        creditOf[msg.sender] += msg.value;
    }

    /// @notice Lists what the caller can provide.
    function provide(uint256 units) external {
        resourcesOf[msg.sender] = units;
    }

    /// @notice Asks for compute, for `most` at the most.
    function order(uint256 id, uint256 most) external {
        _spend(most);
        orders[id] = Order(msg.sender, address(0), most, most);
    }

    /// @notice Offers to serve order `id` for less than the best bid so far.
    function bid(uint256 id, uint256 price) external {
        Order storage it = orders[id];
        if (price >= it.price) revert NotBetter(price, it.price);
        it.provider = msg.sender;
        it.price = price;
        emit Leased(id, msg.sender, price);
    }

    /// @notice Ends the lease: the provider gets the price, the tenant the rest.
    function settle(uint256 id) external {
        Order memory it = orders[id];
        if (it.tenant != msg.sender) revert NotTenant(id, msg.sender);
        delete orders[id];
        creditOf[it.provider] += it.price;
        creditOf[it.tenant] += it.escrow - it.price;
        emit Settled(id, it.price, it.escrow - it.price);
    }

    /// @notice Stakes `amount`.
    function stake(uint256 amount) external {
        _spend(amount);
        stakeOf[msg.sender] += amount;
        totalStaked += amount;
    }

    /// @notice Votes for `proposal` with the caller's stake.
    function vote(uint256 proposal) external {
        votesFor[proposal] += stakeOf[msg.sender];
    }

    function _spend(uint256 amount) private {
        uint256 credit = creditOf[msg.sender];
        if (amount > credit) revert TooMuch(amount, credit);
        creditOf[msg.sender] = credit - amount;
    }
}
