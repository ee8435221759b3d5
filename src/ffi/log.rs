//! The log of programs in C, which have no logger of their own.

/// Begins the log that ZOOM_S2S_LOG asks for.
pub(super) fn begin() -> crate::Result<()> {
    // Linux knows of file capabilities too, which user and group do not show.
    #[cfg(target_os = "linux")]
    {
        // SAFETY: reads a word of the process's own start-up data.
        let is_secure = unsafe { libc::getauxval(libc::AT_SECURE) } != 0;
        crate::logger::begin(is_secure)
    }
    #[cfg(not(target_os = "linux"))]
    crate::log_from_env()
}
