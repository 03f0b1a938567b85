# Makes a table of what the models printed, a line a test: how many models it has, their bounds of preemptions, their
# iterations, how many of them were cut short, and their time, of a thread of its own, when others run beside it.
/ iterations, / {
    # The test's own name, where it begins the line, comes without an end of it.
    sub(/^test [^ ]+ \.\.\. /, "")
    test = $1
    sub(/^models::/, "", test)
    match($0, /[0-9]+ preemptions, [0-9]+ iterations, [0-9.]+ s/)
    split(substr($0, RSTART, RLENGTH), field, " ")
    if (!(test in models)) {
        order[++tests] = test
        least[test] = most[test] = field[1]
    }
    models[test]++
    iterations[test] += field[3]
    seconds[test] += field[5]
    cut[test] += /, cut short$/
    if (field[1] < least[test]) least[test] = field[1]
    if (field[1] > most[test]) most[test] = field[1]
}
END {
    print "| test | models | preemptions | iterations | cut short | seconds |"
    print "|---|--:|--:|--:|--:|--:|"
    for (n = 1; n <= tests; n++) {
        test = order[n]
        bounds = least[test] == most[test] ? most[test] : least[test] " to " most[test]
        printf "| `%s` | %d | %s | %d | %s | %.1f |\n", test, models[test], bounds, iterations[test], cut[test] ? cut[test] : "", seconds[test]
        all += models[test]; total += seconds[test]; turns += iterations[test]; cuts += cut[test]
    }
    printf "| all %d | %d | | %d | %s | %.0f |\n", tests, all, turns, cuts ? cuts : "", total
}
