//! A user's story, on both ways to run the platform.

use e2e::{Installation, Mode, tell_story};

#[tokio::test(flavor = "multi_thread")]
async fn a_user_registers_sets_alerts_and_trades_on_the_standalone() {
    tell_story(&mut Installation::new(Mode::Standalone).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_registers_sets_alerts_and_trades_on_six_processes() {
    tell_story(&mut Installation::new(Mode::Distributed).await).await;
}
