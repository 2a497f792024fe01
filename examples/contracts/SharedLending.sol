// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title Lending with an index that every call brings up to date
/// @notice Interest is kept as one growing index. Each deposit and withdrawal writes it, so all of them form a queue.
contract SharedLending {
    /// @notice What one unit lent at the beginning is worth now, times 10^18. Every call writes it.
    uint256 public index = 1e18;

    /// @notice What each account has put in but not lent.
    mapping(address owner => uint256 amount) public cashOf;

    /// @notice What each account has lent, counted in units of the index.
    mapping(address lender => uint256 shares) public sharesOf;

    error TooMuch(uint256 asked, uint256 available);

    /// @notice Puts in what is sent.
    function fund() external payable {
        cashOf[msg.sender] += msg.value;
    }

    /// @notice Lends `amount` of the caller's cash.
    function deposit(uint256 amount) external {
        if (amount > cashOf[msg.sender]) revert TooMuch(amount, cashOf[msg.sender]);
        cashOf[msg.sender] -= amount;
        sharesOf[msg.sender] += amount * 1e18 / _accrue();
    }

    /// @notice Takes `shares` back, with interest.
    function withdraw(uint256 shares) external {
        if (shares > sharesOf[msg.sender]) revert TooMuch(shares, sharesOf[msg.sender]);
        sharesOf[msg.sender] -= shares;
        cashOf[msg.sender] += shares * _accrue() / 1e18;
    }

    /// @notice Adds a millionth of interest for each use.
    function _accrue() private returns (uint256) {
        index += index / 1_000_000;
        return index;
    }
}
