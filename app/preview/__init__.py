"""The mini-program in an ordinary browser, to try the product without WeChat; never in production."""
