use super::Installation;
use crate::OwnServer;

/// The servers of an installation that has its own.
impl Installation {
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
