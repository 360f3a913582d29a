use std::path::Path;

use super::{Installation, Mode};
use crate::{OwnServer, SmallDisk, cpu_groups::CpuGroups, own_servers::OwnServers};

/// What each service of an installation with servers of its own signs in to the database and to the broker with.
const SERVICE_PASSWORD: &str = "5e1f00d5e1f00d5e1f00d";

/// The servers of an installation that has its own.
impl Installation {
    /// One process for each service, over servers that may be broken. Each service has users of its own in the
    /// database and on the broker.
    pub async fn with_own_servers() -> Self {
        Self::over(None, |dir, groups| OwnServers::start(dir, dir, dir, groups))
    }

    /// The same, with the data of its database and of its broker on disks that may run full.
    pub async fn on_disks(postgres: &SmallDisk, rabbitmq: &SmallDisk) -> Self {
        Self::over(None, |dir, groups| {
            OwnServers::start(postgres.path(), rabbitmq.path(), dir, groups)
        })
    }

    /// The same on whole disks, with shares of the processors as the containers of all these would have. Where no groups
    /// can be made they share them as threads do: see [`Installation::is_divided`].
    pub async fn as_containers() -> Self {
        Self::over(CpuGroups::new(), |dir, groups| OwnServers::start(dir, dir, dir, groups))
    }

    fn over(groups: Option<CpuGroups>, start: impl FnOnce(&Path, Option<&CpuGroups>) -> OwnServers) -> Self {
        let mut platform = Self::on(Mode::Distributed, None);
        platform.servers = Some(start(platform.dir.path(), groups.as_ref()));
        platform.groups = groups;
        platform.set_service_password(SERVICE_PASSWORD);
        platform
    }

    /// Whether each of its processes has a share of the processors of its own.
    pub fn is_divided(&self) -> bool {
        self.groups.is_some()
    }

    /// Everything in one process, with its database and all else that it keeps on a disk that may run full.
    pub fn standalone_on(disk: &SmallDisk) -> Self {
        let mut platform = Self::on(Mode::Standalone, None);
        platform.data = disk.path().join("data");
        platform
    }

    /// Where one of its own servers is, for those who run it.
    pub fn server_url(&self, server: OwnServer) -> String {
        self.servers.as_ref().expect("servers of its own").url(server)
    }

    /// Has its own broker carry out a command of `rabbitmqctl`.
    pub fn control_broker(&self, arguments: &[&str]) {
        let servers = self.servers.as_ref().expect("servers of its own");
        servers.control_broker(arguments);
    }

    /// Kills one of its own servers.
    pub fn kill_server(&mut self, server: OwnServer) {
        self.servers.as_mut().expect("servers of its own").kill(server);
    }

    /// Starts one of its own servers again if it has ended, as whoever watches over it would.
    pub fn revive_server(&mut self, server: OwnServer) {
        let servers = self.servers.as_mut().expect("servers of its own");
        if !servers.is_running(server) {
            servers.start_again(server);
        }
    }

    /// Starts one of its own servers again.
    pub fn start_server(&mut self, server: OwnServer) {
        self.servers.as_mut().expect("servers of its own").start_again(server);
    }
}
