//! The machine that the numbers were taken on.

use std::fs;
use std::process::Command;
use std::thread;

/// One fact a line, as a list in Markdown.
pub fn describe() -> String {
    let unknown = || "unknown".to_owned();
    let cores = thread::available_parallelism().map_or_else(|_| unknown(), |cores| cores.to_string());
    let facts = [
        ("date", output("date", &["-u", "+%Y-%m-%d %H:%M UTC"])),
        ("processor", processor()),
        ("cores", Some(cores)),
        ("memory", memory()),
        ("kernel", output("uname", &["-sr"])),
        ("compiler", output("rustc", &["--version"])),
        (
            "commit",
            output(
                "git",
                &["-C", env!("CARGO_MANIFEST_DIR"), "rev-parse", "--short", "HEAD"],
            ),
        ),
    ];
    let lines = facts.map(|(name, value)| format!("- {name}: {}\n", value.unwrap_or_else(unknown)));
    lines.concat()
}

fn processor() -> Option<String> {
    let Ok(text) = fs::read_to_string("/proc/cpuinfo") else {
        return output("sysctl", &["-n", "machdep.cpu.brand_string"]);
    };
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn memory() -> Option<String> {
    let gibibytes = |bytes: u64| format!("{:.1} GiB", bytes as f64 / f64::from(1_u32 << 30));
    let Ok(text) = fs::read_to_string("/proc/meminfo") else {
        return output("sysctl", &["-n", "hw.memsize"])?.parse().ok().map(gibibytes);
    };
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(gibibytes(kibibytes * 1024))
}

fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    (output.status.success() && !text.is_empty()).then_some(text)
}
