// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title A board that everybody paints on
/// @notice Cells are apart, but every move also counts in `moves` and names `lastPlayer`.
contract Canvas {
    struct Cell {
        address owner;
        uint8 colour;
    }

    /// @notice All moves so far. Every move reads and writes it.
    uint256 public moves;

    /// @notice Who moved last: nobody may move twice in a row.
    address public lastPlayer;

    /// @notice The board.
    Cell[64][64] public board;

    event Painted(address indexed player, uint256 x, uint256 y, uint8 colour);

    error NotYourTurn(address player);

    /// @notice Paints one cell.
    function paint(uint256 x, uint256 y, uint8 colour) external {
        if (lastPlayer == msg.sender) revert NotYourTurn(msg.sender);
        lastPlayer = msg.sender;
        moves += 1;
        board[x][y] = Cell(msg.sender, colour);
        emit Painted(msg.sender, x, y, colour);
    }
}
