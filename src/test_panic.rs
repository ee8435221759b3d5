//! Panics on demand, for the tests of the C border. In builds with the feature `test-panic` alone.

/// Panics if `ZOOM_S2S_TEST_PANIC` names this place.
pub(crate) fn point(place: &str) {
    if std::env::var_os("ZOOM_S2S_TEST_PANIC").is_some_and(|wanted| wanted == place) {
        panic!("ZOOM_S2S_TEST_PANIC={place}");
    }
}
