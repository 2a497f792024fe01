// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title Accounts of one part of a chain
/// @notice Each part has a ledger of its own. A payment within it touches nothing else; one that crosses touches two.
contract Ledger {
    /// @notice What each account has.
    mapping(address owner => uint256 amount) public balanceOf;

    /// @notice Who made the ledgers, and names those that may send here.
    address public immutable founder = msg.sender;

    /// @notice Other parts of the chain.
    mapping(address ledger => bool known) public isPart;

    event Paid(address indexed from, address indexed to, uint256 amount);
    event Crossed(address indexed from, address indexed ledger, uint256 amount);

    error TooMuch(address owner, uint256 asked, uint256 available);
    error NotFounder(address caller);
    error NotAPart(address caller);

    /// @notice Says that `ledger` is a part of the same chain.
    function connect(address ledger) external {
        if (msg.sender != founder) revert NotFounder(msg.sender);
        isPart[ledger] = true;
    }

    /// @notice Puts in what is sent.
    function open() external payable {
        balanceOf[msg.sender] += msg.value;
    }

    /// @notice Pays within this part.
    function pay(address to, uint256 amount) external {
        _take(amount);
        balanceOf[to] += amount;
        emit Paid(msg.sender, to, amount);
    }

    /// @notice Pays to an account in another part.
    function cross(Ledger other, address to, uint256 amount) external {
        _take(amount);
        other.credit(to, amount);
        emit Crossed(msg.sender, address(other), amount);
    }

    /// @notice Credits `to` with what came from another part.
    function credit(address to, uint256 amount) external {
        if (!isPart[msg.sender]) revert NotAPart(msg.sender);
        balanceOf[to] += amount;
    }

    function _take(uint256 amount) private {
        uint256 available = balanceOf[msg.sender];
        if (amount > available) revert TooMuch(msg.sender, amount, available);
        balanceOf[msg.sender] = available - amount;
    }
}
