"""Ways to get frames: cameras, videos, RTSP, HTTP, folders, the screen."""
