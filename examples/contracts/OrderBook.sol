// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title An order book for one market, with a queue at each price
/// @notice Orders at different prices meet only in `nextOrder`, the number of the next order.
contract OrderBook {
    struct Level {
        uint256 offered;
        uint256 taken;
    }

    struct Order {
        address seller;
        uint256 price;
        uint256 amount;
    }

    /// @notice The number of the next order. Every offer reads and writes it.
    uint256 public nextOrder;

    /// @notice All orders.
    mapping(uint256 id => Order) public orders;

    /// @notice What is for sale at each price.
    mapping(uint256 price => Level) public levels;

    /// @notice What each buyer has bought.
    mapping(address buyer => uint256 amount) public boughtBy;

    event Offered(uint256 indexed id, address indexed seller, uint256 price, uint256 amount);
    event Bought(address indexed buyer, uint256 price, uint256 amount);

    error NothingLeft(uint256 price, uint256 asked, uint256 left);

    /// @notice Offers `amount` at `price`.
    function offer(uint256 price, uint256 amount) external returns (uint256 id) {
        id = nextOrder++;
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
