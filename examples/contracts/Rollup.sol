// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title Where a rollup settles: batches in order, deposits in, withdrawals out
/// @notice Batches build on each other, so they are a chain; deposits and withdrawals of different people are not.
contract Rollup {
    /// @notice The state of the rollup after the last batch. Every batch reads and writes it.
    bytes32 public stateRoot;

    /// @notice How many batches there are.
    uint256 public batches;

    /// @notice What everybody has on the rollup but has not taken out.
    mapping(address owner => uint256 amount) public depositOf;

    address public immutable sequencer = msg.sender;

    event BatchSettled(uint256 indexed number, bytes32 stateRoot, uint256 transactions);

    error NotSequencer(address caller);
    error WrongParent(bytes32 parent, bytes32 stateRoot);
    error TooMuch(uint256 asked, uint256 available);

    /// @notice Settles a batch of `transactions` on the state `parent`.
    function settle(bytes32 parent, uint256 transactions, bytes calldata data) external {
        if (msg.sender != sequencer) revert NotSequencer(msg.sender);
        if (parent != stateRoot) revert WrongParent(parent, stateRoot);
        stateRoot = keccak256(abi.encode(parent, keccak256(data)));
        batches += 1;
        emit BatchSettled(batches, stateRoot, transactions);
    }

    /// @notice Brings what is sent to the rollup.
    function deposit() external payable {
        depositOf[msg.sender] += msg.value;
    }

    /// @notice Takes `amount` out.
    function withdraw(uint256 amount) external {
        uint256 available = depositOf[msg.sender];
        if (amount > available) revert TooMuch(amount, available);
        depositOf[msg.sender] = available - amount;
        (bool paid,) = msg.sender.call{value: amount}("");
        require(paid);
    }
}
