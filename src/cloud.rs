//! Zoom's clouds, which never mix.

/// Which of Zoom's clouds the account lives in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cloud {
    /// `zoom.us`: everybody but the US government.
    #[default]
    Commercial,
    /// `zoomgov.com`: Zoom for Government.
    Government,
}

impl Cloud {
    /// The domain under which all of this cloud's hosts lie.
    pub(crate) fn domain(self) -> &'static str {
        match self {
            Cloud::Commercial => "zoom.us",
            Cloud::Government => "zoomgov.com",
        }
    }

    pub(crate) fn oauth_url(self) -> &'static str {
        match self {
            Cloud::Commercial => "https://zoom.us",
            Cloud::Government => "https://zoomgov.com",
        }
    }

    pub(crate) fn api_url(self) -> &'static str {
        match self {
            Cloud::Commercial => "https://api.zoom.us/v2",
            Cloud::Government => "https://api.zoomgov.com/v2",
        }
    }
}
