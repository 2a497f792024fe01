//! Builds what is missing and serves the playground on this machine.
//!
//! The server and its security policy are `www/server`; this only starts it.

use std::env;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use clap::Args;

use crate::toolchain::Toolchain;
use crate::{place, run, setup, wasm};

/// How often the engine's sources are looked at.
const GLANCE: Duration = Duration::from_millis(500);

#[derive(Args)]
pub struct Options {
    /// Rebuild and reload the page whenever a file changes. Builds are quick, not small.
    #[arg(long)]
    watch: bool,

    /// The port to serve on.
    #[arg(long, default_value_t = 4173)]
    port: u16,

    /// Do not open the browser.
    #[arg(long)]
    no_open: bool,
}

/// Sets up, builds and serves until interrupted.
pub fn play(options: &Options) -> Result<()> {
    let toolchain = setup::for_page()?;
    if options.watch {
        wasm::build(&toolchain, wasm::Kind::Quick)?;
        build_page()?;
        let _builder = Guard(vite(&["build", "--watch"]).spawn()?);
        let server = serve(options)?;
        return watch(&toolchain, server);
    }
    wasm::build(&toolchain, wasm::Kind::Small)?;
    if page_is_stale() {
        build_page()?;
    } else {
        run::say("ok  page: up to date");
    }
    let status = serve(options)?.0.wait()?;
    anyhow::ensure!(status.success(), "the server stopped ({status})");
    Ok(())
}

/// Builds the page into `www/dist`.
pub fn build_page() -> Result<()> {
    run::step("build the page", || run::run(&mut vite(&["build"])))
}

/// Whether a file that goes into the page is newer than the built page.
pub fn page_is_stale() -> bool {
    let built = place::newest(&www().join("dist/index.html"));
    let inputs = [
        "src",
        "public",
        "scripts",
        "index.html",
        "package.json",
        "vite.config.ts",
    ];
    let own = inputs.map(|input| www().join(input));
    let shared = ["examples", "package-lock.json"].map(|input| place::root().join(input));
    own.iter()
        .chain(&shared)
        .any(|input| place::newest(input) > built)
}

fn www() -> PathBuf {
    place::root().join("www")
}

fn vite(arguments: &[&str]) -> Command {
    let mut command = run::command("node", &www());
    command
        .arg("../node_modules/vite/bin/vite.js")
        .args(arguments);
    command
}

/// A program that ends when we stop caring for it.
struct Guard(Child);

impl Drop for Guard {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the server, passes on what it prints, and opens its address.
fn serve(options: &Options) -> Result<Guard> {
    let mut command = run::command("node", &www());
    command.args(["server/serve.js", "--port", &options.port.to_string()]);
    if options.watch {
        command.arg("--watch");
    }
    let mut server = Guard(
        command
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start node")?,
    );
    let output = server.0.stdout.take().context("the server has no output")?;
    let open = !options.no_open;
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            run::say(&line);
            let address = line.split(' ').find(|word| word.starts_with("http://"));
            if let (true, Some(address)) = (open, address) {
                open_browser(address);
            }
        }
    });
    Ok(server)
}

/// Opens an address where there is a desktop. That it does not work is no error.
fn open_browser(address: &str) {
    let desktop = env::var_os("DISPLAY")
        .or_else(|| env::var_os("WAYLAND_DISPLAY"))
        .is_some();
    let program = match env::consts::OS {
        "macos" => "open",
        "windows" => "explorer",
        _ if desktop => "xdg-open",
        _ => return,
    };
    let mut command = run::command(program, &place::root());
    let _ = command
        .arg(address)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
}

/// Rebuilds the engine whenever its sources change, as long as the server runs.
fn watch(toolchain: &Toolchain, mut server: Guard) -> Result<()> {
    let mut built = engine_changed();
    loop {
        if let Some(status) = server.0.try_wait()? {
            anyhow::bail!("the server stopped ({status})");
        }
        let changed = engine_changed();
        if changed > built {
            built = changed;
            if let Err(error) = wasm::build(toolchain, wasm::Kind::Quick) {
                run::say(&format!("    {error:#}; waiting for the next change"));
            }
        }
        thread::sleep(GLANCE);
    }
}

/// When the engine's sources last changed.
fn engine_changed() -> SystemTime {
    let sources = ["crate/engine", "crate/wasm", "Cargo.toml", "Cargo.lock"];
    sources
        .iter()
        .map(|source| place::newest(&place::root().join(Path::new(source))))
        .fold(SystemTime::UNIX_EPOCH, SystemTime::max)
}
