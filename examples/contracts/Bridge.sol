// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title The end of a bridge on the main chain
/// @notice Deposits lock ether here; withdrawals release it once a checkpoint of the other chain is there.
contract Bridge {
    /// @notice Number of the next deposit. The other chain credits deposits in this order.
    uint256 public nextDeposit;

    /// @notice Number of the last checkpoint of the other chain.
    uint256 public checkpoint;

    /// @notice The state of the other chain at each checkpoint.
    mapping(uint256 number => bytes32 root) public rootOf;

    /// @notice Withdrawals that have been paid.
    mapping(bytes32 exit => bool paid) public paid;

    address public immutable operator = msg.sender;

    event Deposited(uint256 indexed number, address indexed from, uint256 amount);
    event Checkpointed(uint256 indexed number, bytes32 root);
    event Withdrawn(address indexed to, uint256 amount);

    error NotOperator(address caller);
    error NoCheckpoint(uint256 number);
    error AlreadyPaid(bytes32 exit);

    /// @notice Moves what is sent to the other chain.
    function deposit() external payable {
        emit Deposited(nextDeposit++, msg.sender, msg.value);
    }

    /// @notice Notes the state of the other chain.
    function submit(bytes32 root) external {
        if (msg.sender != operator) revert NotOperator(msg.sender);
        checkpoint += 1;
        rootOf[checkpoint] = root;
        emit Checkpointed(checkpoint, root);
    }

    /// @notice Pays a withdrawal that was made before checkpoint `number`.
    function withdraw(uint256 number, uint256 amount) external {
        if (number == 0 || number > checkpoint) revert NoCheckpoint(number);
        bytes32 exit = keccak256(abi.encode(msg.sender, number, amount));
        if (paid[exit]) revert AlreadyPaid(exit);
        paid[exit] = true;
        (bool done,) = msg.sender.call{value: amount}("");
        require(done);
        emit Withdrawn(msg.sender, amount);
    }
}
