# A poll that gives up, with the status that timeout(1) uses.
attempt=0 limit=4
ready() { [ "$attempt" -ge 10 ]; }
until ready; do
    attempt=$((attempt + 1))
    if [ "$attempt" -gt "$limit" ]; then
        echo "gave up after $limit attempts" >&2
        exit 124
    fi
    echo "attempt $attempt of $limit: waiting $((1 << attempt)) s (not really)"
done
