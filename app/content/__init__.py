"""What people write and send: uploads, and WeChat's checks of text and pictures."""
