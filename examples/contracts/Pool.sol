// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Token} from "./Token.sol";

/// @title A constant-product pool that swaps two tokens
/// @notice The product of the reserves never shrinks, so every swap moves the price of the next.
/// It has no shares: tokens sent to it before `sync` are a gift to the pool.
contract Pool {
    /// @notice How much of `token0` the pool counts as its own. Every swap reads and writes it.
    uint256 public reserve0;

    /// @notice How much of `token1` the pool counts as its own. Every swap reads and writes it.
    uint256 public reserve1;

    Token public immutable token0;
    Token public immutable token1;

    event Swap(address indexed trader, address indexed tokenIn, uint256 amountIn, uint256 amountOut);

    error UnknownToken(address token);
    error TooLittleOut(uint256 amountOut, uint256 minimum);

    constructor(Token token0_, Token token1_) {
        token0 = token0_;
        token1 = token1_;
    }

    /// @notice Takes the pool's balances as its reserves.
    function sync() external {
        reserve0 = token0.balanceOf(address(this));
        reserve1 = token1.balanceOf(address(this));
    }

    /// @notice Takes `amountIn` of `tokenIn` from the caller and pays the other token.
    /// @param minimum The least the caller accepts; if the price has moved too far, the swap reverts.
    function swap(address tokenIn, uint256 amountIn, uint256 minimum) external returns (uint256 amountOut) {
        if (tokenIn == address(token0)) {
            amountOut = quote(amountIn, reserve0, reserve1);
            reserve0 += amountIn;
            reserve1 -= amountOut;
            _settle(token0, token1, amountIn, amountOut, minimum);
        } else if (tokenIn == address(token1)) {
            amountOut = quote(amountIn, reserve1, reserve0);
            reserve1 += amountIn;
            reserve0 -= amountOut;
            _settle(token1, token0, amountIn, amountOut, minimum);
        } else {
            revert UnknownToken(tokenIn);
        }
    }

    /// @notice What `amountIn` buys after the fee of 0.3 %.
    function quote(uint256 amountIn, uint256 reserveIn, uint256 reserveOut) public pure returns (uint256) {
        uint256 afterFee = amountIn * 997;
        return afterFee * reserveOut / (reserveIn * 1000 + afterFee);
    }

    function _settle(Token tokenIn, Token tokenOut, uint256 amountIn, uint256 amountOut, uint256 minimum) private {
        if (amountOut < minimum) revert TooLittleOut(amountOut, minimum);
        // A Token reverts when it cannot pay, so what these calls return says nothing more.
        tokenIn.transferFrom(msg.sender, address(this), amountIn);
        tokenOut.transfer(msg.sender, amountOut);
        emit Swap(msg.sender, address(tokenIn), amountIn, amountOut);
    }
}
