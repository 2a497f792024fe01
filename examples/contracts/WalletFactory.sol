// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Wallet} from "./Wallet.sol";

/// @title A contract that creates contracts
/// @notice Each owner can have one wallet, and everybody can send ether to it through the factory.
contract WalletFactory {
    /// @notice The wallet of each owner, or zero before it is created.
    mapping(address owner => Wallet wallet) public walletOf;

    event Created(address indexed owner, Wallet wallet);

    error AlreadyCreated(address owner);
    error NoWallet(address owner);
    error DepositFailed(Wallet wallet);

    /// @notice Creates the caller's wallet.
    function create() external returns (Wallet wallet) {
        if (address(walletOf[msg.sender]) != address(0)) revert AlreadyCreated(msg.sender);
        wallet = new Wallet(msg.sender);
        walletOf[msg.sender] = wallet;
        emit Created(msg.sender, wallet);
    }

    /// @notice Passes the ether sent along to the wallet of `owner`.
    function deposit(address owner) external payable {
        Wallet wallet = walletOf[owner];
        if (address(wallet) == address(0)) revert NoWallet(owner);
        (bool paid,) = address(wallet).call{value: msg.value}("");
        if (!paid) revert DepositFailed(wallet);
    }
}
