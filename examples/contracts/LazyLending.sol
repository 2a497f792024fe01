// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title Lending whose index follows from the time
/// @notice The rate is fixed, so the index of any moment can be computed and nobody has to write it.
contract LazyLending {
    /// @notice When the contract was made. It is part of the code, not of the storage.
    uint256 public immutable start = block.timestamp;

    /// @notice What each account has put in but not lent.
    mapping(address owner => uint256 amount) public cashOf;

    /// @notice What each account has lent, counted in units of the index.
    mapping(address lender => uint256 shares) public sharesOf;

    error TooMuch(uint256 asked, uint256 available);

    /// @notice What one unit lent at the beginning is worth now, times 10^18.
    function index() public view returns (uint256) {
        return 1e18 + (block.timestamp - start) * 1e9;
    }

    /// @notice Puts in what is sent.
    function fund() external payable {
        cashOf[msg.sender] += msg.value;
    }

    /// @notice Lends `amount` of the caller's cash.
    function deposit(uint256 amount) external {
        if (amount > cashOf[msg.sender]) revert TooMuch(amount, cashOf[msg.sender]);
        cashOf[msg.sender] -= amount;
        sharesOf[msg.sender] += amount * 1e18 / index();
    }

    /// @notice Takes `shares` back, with interest.
    function withdraw(uint256 shares) external {
        if (shares > sharesOf[msg.sender]) revert TooMuch(shares, sharesOf[msg.sender]);
        sharesOf[msg.sender] -= shares;
        cashOf[msg.sender] += shares * index() / 1e18;
    }
}
