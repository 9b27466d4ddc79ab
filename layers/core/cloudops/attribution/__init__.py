"""Attribution: rules over tags, accounts and resources that say whose cost it is."""
