// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title Many matches of a game for two, each with a board of its own
/// @notice The winner takes the last stone. Moves in the same match wait for each other; matches do not.
contract Matches {
    struct Match {
        address[2] players;
        uint8 stones;
        uint8 turn;
    }

    /// @notice All matches.
    mapping(uint256 id => Match) public matches;

    /// @notice Who took the last stone of each match.
    mapping(uint256 id => address winner) public winnerOf;

    error NotYourTurn(uint256 id, address player);
    error NotAllowed(uint256 id, uint8 taken);

    /// @notice Begins a match.
    function begin(uint256 id, address first, address second, uint8 stones) external {
        matches[id] = Match([first, second], stones, 0);
    }

    /// @notice Takes one to three stones.
    function take(uint256 id, uint8 count) external {
        Match storage game = matches[id];
        if (game.players[game.turn] != msg.sender) revert NotYourTurn(id, msg.sender);
        if (count == 0 || count > 3 || count > game.stones) revert NotAllowed(id, count);
        game.stones -= count;
        if (game.stones == 0) winnerOf[id] = msg.sender;
        game.turn = 1 - game.turn;
    }

    /// @notice The stones left in a match.
    function stonesOf(uint256 id) external view returns (uint8) {
        return matches[id].stones;
    }
}
