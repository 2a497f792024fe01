//! What the processors do beside this program.

/// Processor time, in ticks, since the machine started.
pub struct Ticks {
    /// Of everybody: all there was, and what was used.
    all: f64,
    used: f64,
    /// Of this process.
    own: f64,
}

impl Ticks {
    /// Until now; none where the system does not tell.
    pub fn now() -> Option<Self> {
        let stat = std::fs::read_to_string("/proc/stat").ok()?;
        let line = stat.lines().next()?.strip_prefix("cpu ")?;
        let ticks: Vec<f64> = line
            .split_whitespace()
            .map_while(|it| it.parse().ok())
            .collect();
        // user nice system idle iowait irq softirq steal; what follows is part of user and nice.
        let all: f64 = ticks.get(..8)?.iter().sum();
        let own = std::fs::read_to_string("/proc/self/stat").ok()?;
        // The name in brackets may have spaces; user and system time are the 12th and 13th after it.
        let mut fields = own.rsplit_once(')')?.1.split_whitespace().skip(11);
        let mut next = || fields.next()?.parse::<f64>().ok();
        Some(Self {
            all,
            used: all - ticks[3] - ticks[4],
            own: next()? + next()?,
        })
    }

    /// The share of all processors that others have used since.
    pub fn others(&self) -> Option<f64> {
        let now = Self::now()?;
        let others = (now.used - self.used) - (now.own - self.own);
        Some((others / (now.all - self.all).max(1.0)).max(0.0))
    }
}
