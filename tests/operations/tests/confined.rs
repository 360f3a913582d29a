//! The platform as containers run it: users without rights, a file system that nobody can write.

use e2e::{Installation, tell_story};

#[tokio::test(flavor = "multi_thread")]
async fn reliability_84_a_user_s_story_passes_on_processes_that_may_do_nothing_else() {
    // Each signs in to the database and to the broker as a user of its own, too.
    let mut platform = Installation::with_own_servers().await;
    platform.confine();
    tell_story(&mut platform).await;
}
