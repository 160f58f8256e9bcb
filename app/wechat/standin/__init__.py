"""A local server that behaves as api.weixin.qq.com does, its errors included; for development and tests."""
