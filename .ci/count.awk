# Counts what vitest says at the end of each of its runs:
#   Test Files  1 failed | 22 passed (23)
#        Tests  1 failed | 300 passed (301)
# A file fails with its tests, or without any where it does not load or a hook fails: the larger number of each run counts. What fails
# otherwise (a build, a crash of vitest, an error outside of tests) leaves no number and still counts as one failure.
function before(word,   i) { for (i = 2; i <= NF; i++) if ($i == word) return $(i - 1); return 0 }
/^ *Test Files / { files = before("failed") }
/^ *Tests / { failed = before("failed"); passed += before("passed"); total += failed > files ? failed : files; files = 0 }
# Not one test ran: `Test Files  1 failed (1)`, `Tests  no tests`.
END {
  total += files
  if (total == 0 && status != 0) total = 1
  print passed + 0 " passed, " total + 0 " failed"
}
