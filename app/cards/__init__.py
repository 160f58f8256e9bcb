"""会员之家: a driver's card of the home, verified by staff; nothing to do with membership of the Party."""
