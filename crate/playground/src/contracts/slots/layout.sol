// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

// One variable of each kind of place in storage; `layout.json` is the storage layout solc gives it.
contract Kinds {
    enum Side {
        Left,
        Right
    }
    struct Point {
        uint128 x;
        uint128 y;
        address owner;
        uint256[] history;
    }

    uint256 claimed;
    address owner;
    bool paused;
    uint8 rate;
    mapping(address => uint256) balanceOf;
    mapping(address => mapping(address => uint256)) allowance;
    uint256[9][4] board;
    uint32[10] small;
    Point origin;
    Point[] points;
    mapping(uint256 => Point) pointOf;
    string title;
    mapping(string => uint256) byName;
    mapping(Side => mapping(int16 => mapping(bytes4 => bool))) flags;
    uint256[][2] queues;
    mapping(address => uint256[]) lists;
    bytes1[] letters;
}
