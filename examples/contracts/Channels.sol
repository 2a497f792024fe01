// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title Payment channels: opened, closed in agreement, or disputed
/// @notice A channel has slots of its own for everything, so channels never meet.
/// Signatures are left out: a payee claims, and only the payer can say that the claim is old.
contract Channels {
    struct Channel {
        address payer;
        address payee;
        uint96 locked;
        uint96 claimed;
        uint64 version;
    }

    /// @notice All channels.
    mapping(uint256 id => Channel) public channels;

    /// @notice What each account has outside its channels.
    mapping(address owner => uint256 amount) public creditOf;

    event Opened(uint256 indexed id, address indexed payer, address indexed payee, uint256 locked);
    event Disputed(uint256 indexed id, uint64 version, uint96 claimed);
    event Closed(uint256 indexed id, uint256 toPayee, uint256 toPayer);

    error AlreadyOpen(uint256 id);
    error NotInChannel(uint256 id, address caller);
    error OldVersion(uint64 version, uint64 known);
    error TooMuch(uint256 asked, uint256 available);

    /// @notice Puts in what is sent.
    function fund() external payable {
        creditOf[msg.sender] += msg.value;
    }

    /// @notice Opens channel `id` with `amount` of the caller's credit.
    function open(uint256 id, address payee, uint96 amount) external {
        if (channels[id].payer != address(0)) revert AlreadyOpen(id);
        if (amount > creditOf[msg.sender]) revert TooMuch(amount, creditOf[msg.sender]);
        creditOf[msg.sender] -= amount;
        channels[id] = Channel(msg.sender, payee, amount, 0, 0);
        emit Opened(id, msg.sender, payee, amount);
    }

    /// @notice Claims what the last payment of the channel came to.
    function claim(uint256 id, uint64 version, uint96 claimed) external {
        Channel storage channel = channels[id];
        if (channel.payee != msg.sender) revert NotInChannel(id, msg.sender);
        _update(channel, version, claimed);
    }

    /// @notice Says that a later state came after what was claimed.
    function dispute(uint256 id, uint64 version, uint96 claimed) external {
        Channel storage channel = channels[id];
        if (channel.payer != msg.sender) revert NotInChannel(id, msg.sender);
        _update(channel, version, claimed);
        emit Disputed(id, version, claimed);
    }

    /// @notice Credits both sides and forgets the channel.
    function close(uint256 id) external {
        Channel memory channel = channels[id];
        if (channel.payer != msg.sender && channel.payee != msg.sender) revert NotInChannel(id, msg.sender);
        delete channels[id];
        uint256 rest = channel.locked - channel.claimed;
        creditOf[channel.payee] += channel.claimed;
        creditOf[channel.payer] += rest;
        emit Closed(id, channel.claimed, rest);
    }

    function _update(Channel storage channel, uint64 version, uint96 claimed) private {
        if (version <= channel.version) revert OldVersion(version, channel.version);
        if (claimed > channel.locked) revert TooMuch(claimed, channel.locked);
        channel.version = version;
        channel.claimed = claimed;
    }
}
