// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title A market of numbered works that pays the artist with every sale
/// @notice A tenth of each price goes to the same artist at once, so all sales meet in `creditOf[artist]`.
contract Market {
    struct Listing {
        address seller;
        uint256 price;
    }

    /// @notice Who gets a tenth of every price.
    address public immutable artist;

    /// @notice What is for sale.
    mapping(uint256 id => Listing) public listings;

    /// @notice Who owns each work.
    mapping(uint256 id => address owner) public ownerOf;

    /// @notice What each account can spend.
    mapping(address owner => uint256 amount) public creditOf;

    event Sold(uint256 indexed id, address indexed buyer, uint256 price);

    error NotForSale(uint256 id);
    error TooPoor(uint256 credit, uint256 price);

    constructor(address artist_) {
        artist = artist_;
    }

    /// @notice Puts in what is sent.
    function fund() external payable {
        creditOf[msg.sender] += msg.value;
    }

    /// @notice Offers work `id`, which becomes the caller's if nobody has it.
    function list(uint256 id, uint256 price) external {
        if (ownerOf[id] == address(0)) ownerOf[id] = msg.sender;
        if (ownerOf[id] != msg.sender) revert NotForSale(id);
        listings[id] = Listing(msg.sender, price);
    }

    /// @notice Buys work `id` for its price.
    function buy(uint256 id) external {
        Listing memory listing = listings[id];
        if (listing.seller == address(0)) revert NotForSale(id);
        uint256 credit = creditOf[msg.sender];
        if (credit < listing.price) revert TooPoor(credit, listing.price);
        delete listings[id];
        ownerOf[id] = msg.sender;
        creditOf[msg.sender] = credit - listing.price;
        creditOf[listing.seller] += listing.price - listing.price / 10;
        creditOf[artist] += listing.price / 10;
        emit Sold(id, msg.sender, listing.price);
    }
}
