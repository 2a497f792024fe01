// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title A compute market that assigns jobs from one queue, in the manner of IO.net
/// @notice Whoever comes gets the next worker in line, so every request passes `nextWorker`, and every payment `rewardPool`.
contract JobMarket {
    struct Job {
        address client;
        address worker;
        uint256 escrow;
        bool verified;
    }

    /// @notice Workers in the order in which they are asked.
    address[] public workers;

    /// @notice Who is next in line. Every request reads and writes it.
    uint256 public nextWorker;

    /// @notice All jobs.
    mapping(uint256 id => Job) public jobs;

    /// @notice A tenth of every payment, for those who stake. Every settlement writes it.
    uint256 public rewardPool;

    /// @notice What each worker has staked.
    mapping(address worker => uint256 amount) public stakeOf;

    /// @notice What each account can spend, and what it has earned.
    mapping(address owner => uint256 amount) public creditOf;

    event Assigned(uint256 indexed id, address indexed worker);
    event Paid(uint256 indexed id, address indexed worker, uint256 amount);

    error NotClient(uint256 id, address caller);
    error NotVerified(uint256 id);
    error TooMuch(uint256 asked, uint256 available);

    /// @notice Puts in what is sent.
    function fund() external payable {
        creditOf[msg.sender] += msg.value;
    }

    /// @notice Joins the queue of workers with what is sent as a stake.
    function join() external payable {
        stakeOf[msg.sender] += msg.value;
        workers.push(msg.sender);
    }

    /// @notice Requests a job for `price`; the next worker in line gets it.
    function request(uint256 id, uint256 price) external {
        uint256 credit = creditOf[msg.sender];
        if (price > credit) revert TooMuch(price, credit);
        creditOf[msg.sender] = credit - price;
        address worker = workers[nextWorker];
        nextWorker = (nextWorker + 1) % workers.length;
        jobs[id] = Job(msg.sender, worker, price, false);
        emit Assigned(id, worker);
    }

    /// @notice Confirms that job `id` was done.
    function verify(uint256 id) external {
        if (jobs[id].client != msg.sender) revert NotClient(id, msg.sender);
        jobs[id].verified = true;
    }

    /// @notice Pays the worker of a job that was verified, and puts a tenth aside.
    function settle(uint256 id) external {
        Job memory job = jobs[id];
        if (!job.verified) revert NotVerified(id);
        delete jobs[id];
        uint256 reward = job.escrow / 10;
        rewardPool += reward;
        creditOf[job.worker] += job.escrow - reward;
        emit Paid(id, job.worker, job.escrow - reward);
    }
}
