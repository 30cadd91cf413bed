"""«Nueva atención»: contact, case, this call, follow-up and route in one screen; and each of them alone."""
