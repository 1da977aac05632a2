"""The smallest pipeline: one Exec."""

import conducto as co

hello = co.Exec("echo hello, world")
