//! Zoom on loopback.
