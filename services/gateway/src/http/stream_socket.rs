use service_kit::http::SocketNumber;

/// Cuts a connection without a goodbye: its client does not read, so nothing can be said to it.
///
/// The caller makes sure that the connection lives, so that the number still means its socket.
pub(super) fn cut(socket: SocketNumber) {
    // SAFETY: shutdown(2) touches no memory; at worst it ends another connection, which the caller excludes.
    unsafe {
        libc::shutdown(socket.0, libc::SHUT_RDWR);
    }
}
