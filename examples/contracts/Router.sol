// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Pool} from "./Pool.sol";
import {Token} from "./Token.sol";

/// @title Swaps through two pools in one transaction
/// @notice It keeps nothing: what the first pool pays goes into the second.
contract Router {
    event Routed(address indexed trader, uint256 amountIn, uint256 amountOut);

    /// @notice Takes `amountIn` of `tokenIn` from the caller and pays what both pools make of it.
    function swap(Token tokenIn, Pool first, Token between, Pool second, Token tokenOut, uint256 amountIn)
        external
        returns (uint256 amountOut)
    {
        // A Token reverts when it cannot pay, so what these calls return says nothing more.
        tokenIn.transferFrom(msg.sender, address(this), amountIn);
        tokenIn.approve(address(first), amountIn);
        uint256 amount = first.swap(address(tokenIn), amountIn, 0);
        between.approve(address(second), amount);
        amountOut = second.swap(address(between), amount, 0);
        tokenOut.transfer(msg.sender, amountOut);
        emit Routed(msg.sender, amountIn, amountOut);
    }
}
