//! What is decided about accounts: pure functions of values, with the time passed in.

pub mod access_token;
pub mod api_token;
pub mod audit;
mod email;
pub mod keyring;
pub mod lockout;
pub mod mail_token;
mod password;
pub mod password_hash;
pub mod profile;
pub mod protection;
pub mod recovery;
pub mod refresh;
pub mod totp;

pub use email::{EmailAddress, InvalidEmail, canonical};
pub use keyring::Keyring;
pub use password::{NewPassword, UnfitPassword};
