// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title A wallet contract with one owner
/// @notice It keeps ether and sends it where its owner says.
contract Wallet {
    /// @notice All the ether this wallet was ever sent.
    uint256 public received;

    /// @notice The only account that may spend from this wallet.
    address public immutable owner;

    event Received(address indexed from, uint256 amount);

    error NotOwner(address caller);
    error PaymentFailed(address to, uint256 amount);

    constructor(address owner_) {
        owner = owner_;
    }

    receive() external payable {
        received += msg.value;
        emit Received(msg.sender, msg.value);
    }

    /// @notice Sends `amount` of this wallet's ether to `to`.
    function pay(address payable to, uint256 amount) external {
        if (msg.sender != owner) revert NotOwner(msg.sender);
        (bool paid,) = to.call{value: amount}("");
        if (!paid) revert PaymentFailed(to, amount);
    }
}
