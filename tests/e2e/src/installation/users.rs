use std::time::Duration;

use super::{Installation, PARTITIONS, SERVICES, section};
use crate::{OwnServer, Program};

/// The users that each service has of its own, on servers of an installation's own.
impl Installation {
    /// Gives each service users of its own in the database and on the broker, or its users another password. Processes
    /// that start from now on sign in with it.
    pub fn set_service_password(&mut self, password: &str) {
        let servers = self.servers.as_ref().expect("servers of its own");
        let mut variables = self.variables("simulator");
        variables.push(("BROKER_MANAGEMENT_URL".to_owned(), servers.management_url()));
        for service in SERVICES {
            let section = section(service);
            variables.push((format!("{section}_BROKER_PASSWORD"), password.to_owned()));
            if keeps_data(service) {
                variables.push((format!("{section}_DATABASE_PASSWORD"), password.to_owned()));
            }
        }
        let (code, said) = Program::start(&["migrate"], &variables).finish(Duration::from_secs(60));
        assert_eq!(code, Some(0), "{said}");
        self.service_password = Some(password.to_owned());
    }

    /// Where its broker is, for a service as the user that it has there.
    pub fn amqp_url_of(&self, service: &str) -> String {
        let password = self.service_password.as_ref().expect("users of their own");
        let url = self.server_url(OwnServer::RabbitMq);
        let (_, place) = url.rsplit_once('@').expect("a user");
        let user = format!("{}_{}", self.prefix.as_str(), section(service).to_lowercase());
        format!("amqp://{user}:{password}@{place}")
    }

    /// What names on its broker begin with, and how many partitions its tick log has.
    pub fn broker_names(&self) -> (&str, u16) {
        (self.prefix.as_str(), PARTITIONS)
    }

    /// Where its database is, for a service as the user that it has there.
    pub fn database_url_of(&self, service: &str) -> String {
        let url = self.database_url();
        let password = self.service_password.as_ref().expect("users of their own");
        let (_, rest) = url.split_once("://").expect("a URL");
        let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
        let name = place.rsplit('/').next().and_then(|name| name.split('?').next());
        let role = format!("{}_{}", name.expect("a name"), section(service).to_lowercase());
        format!("postgres://{role}:{password}@{place}")
    }

    /// The variables of the process of one service.
    pub(crate) fn variables_of(&self, service: &str, feed: &str) -> Vec<(String, String)> {
        let mut variables = self.variables(feed);
        if self.service_password.is_some() {
            variables.retain(|(name, _)| name != "DATABASE_URL" && name != "AMQP_URL");
            variables.push(("AMQP_URL".to_owned(), self.amqp_url_of(service)));
            if keeps_data(service) {
                variables.push(("DATABASE_URL".to_owned(), self.database_url_of(service)));
            }
        }
        variables
    }
}

/// The gateway has no database.
fn keeps_data(service: &str) -> bool {
    service != "gateway"
}
