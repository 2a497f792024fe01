// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title An order book that numbers nothing
/// @notice An order is known by its seller and the seller's own count, so offers meet only at their price.
contract OwnOrders {
    struct Level {
        uint256 offered;
        uint256 taken;
    }

    struct Order {
        address seller;
        uint256 price;
        uint256 amount;
    }

    /// @notice How many orders each seller has made.
    mapping(address seller => uint256 count) public ordersOf;

    /// @notice All orders.
    mapping(bytes32 id => Order) public orders;

    /// @notice What is for sale at each price.
    mapping(uint256 price => Level) public levels;

    /// @notice What each buyer has bought.
    mapping(address buyer => uint256 amount) public boughtBy;

    event Offered(bytes32 indexed id, address indexed seller, uint256 price, uint256 amount);
    event Bought(address indexed buyer, uint256 price, uint256 amount);

    error NothingLeft(uint256 price, uint256 asked, uint256 left);

    /// @notice Offers `amount` at `price`.
    function offer(uint256 price, uint256 amount) external returns (bytes32 id) {
        id = keccak256(abi.encode(msg.sender, ordersOf[msg.sender]++));
        orders[id] = Order(msg.sender, price, amount);
        levels[price].offered += amount;
        emit Offered(id, msg.sender, price, amount);
    }

    /// @notice Buys `amount` from what is offered at `price`.
    function buy(uint256 price, uint256 amount) external {
        Level storage level = levels[price];
        uint256 left = level.offered - level.taken;
        if (amount > left) revert NothingLeft(price, amount, left);
        level.taken += amount;
        boughtBy[msg.sender] += amount;
        emit Bought(msg.sender, price, amount);
    }
}
