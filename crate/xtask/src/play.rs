//! Builds what is missing and serves the playground on this machine.
//!
//! The server and its security policy are `www/server`; this only starts it.

use std::env;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Stdio};
use std::thread;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;

use crate::toolchain::Toolchain;
use crate::{place, run, setup, wasm};

/// How often the engine's sources are looked at.
const GLANCE: Duration = Duration::from_millis(500);

/// What goes into the page.
const INPUTS: [&str; 8] = [
    "www/src",
    "www/public",
    "www/scripts",
    "www/index.html",
    "www/embed.html",
    "www/vite.config.ts",
    "package-lock.json",
    "examples",
];

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
        let server = serve(options)?;
        return watch(&toolchain, server);
    }
    wasm::build(&toolchain, wasm::Kind::Small)?;
    build_page()?;
    let status = serve(options)?.process.wait()?;
    ensure!(status.success(), "the server stopped ({status})");
    Ok(())
}

/// Brings the page in `www/dist` up to date.
pub fn build_page() -> Result<()> {
    let built = place::newest(&www().join("dist/index.html"));
    let inputs = INPUTS.map(|input| place::root().join(input));
    if inputs.iter().all(|input| place::newest(input) < built) {
        run::say("ok  page: up to date");
        return Ok(());
    }
    run::step("build the page", || {
        let mut vite = run::command("node", &www());
        run::run(vite.args(["../node_modules/vite/bin/vite.js", "build"]))
    })
}

fn www() -> PathBuf {
    place::root().join("www")
}

/// The running server. It ends when its input closes, which happens however we end.
struct Server {
    process: Child,
    _input: Option<ChildStdin>,
}

/// Starts the server, passes on what it prints, and opens its address.
fn serve(options: &Options) -> Result<Server> {
    let mut command = run::command("node", &www());
    command.args(["server/serve.js", "--port", &options.port.to_string()]);
    if options.watch {
        command.arg("--watch");
    }
    command
        .arg("--until-stdin-ends")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut process = command.spawn().context("cannot start node")?;
    // Kept apart, since waiting for a process closes the input it still has.
    let _input = process.stdin.take();
    let output = process.stdout.take().context("the server has no output")?;
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
    Ok(Server { process, _input })
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
fn watch(toolchain: &Toolchain, mut server: Server) -> Result<()> {
    let mut built = engine_changed();
    loop {
        if let Some(status) = server.process.try_wait()? {
            bail!("the server stopped ({status})");
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
    let sources = [
        "crate/engine",
        "crate/playground",
        "crate/wasm",
        "examples",
        "Cargo.toml",
        "Cargo.lock",
    ];
    sources
        .iter()
        .map(|source| place::newest(&place::root().join(source)))
        .fold(SystemTime::UNIX_EPOCH, SystemTime::max)
}
