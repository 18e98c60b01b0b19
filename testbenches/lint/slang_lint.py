"""Runs slang on the command line's arguments; diagnostics go to standard error."""

import sys

from pyslang.driver import Driver

driver = Driver()
driver.addStandardArgs()
passed = driver.parseCommandLine(" ".join(["slang", *sys.argv[1:]]))
driver.setTerminalColorsEnabled(False)
passed = passed and driver.processOptions() and driver.parseAllSources() and driver.runFullCompilation(True)
sys.exit(0 if passed else 1)
