#!/bin/sh
# Stops the engines when the launcher is gone, however it went: the launcher holds the other end of the standard input,
# and a killed process holds nothing. Told "postgres PID" or "clickhouse PID" at each start and "… 0" at each end.
# A shell and not Node.js: it waits all the time, so it should weigh one megabyte and not forty.
trap '' HUP INT TERM

postgres=0
clickhouse=0
while read -r engine pid; do
  case $engine in
    postgres) postgres=$pid ;;
    clickhouse) clickhouse=$pid ;;
    done) exit 0 ;;
  esac
done

# Signals $1 to PostgreSQL and $2 to ClickHouse, then up to $3 tenths of a second of patience.
ask() {
  [ "$postgres" -gt 0 ] && { kill -s "$1" "$postgres" 2>/dev/null || postgres=0; }
  [ "$clickhouse" -gt 0 ] && { kill -s "$2" "$clickhouse" 2>/dev/null || clickhouse=0; }
  tenths=0
  while [ "$tenths" -lt "$3" ]; do
    [ "$postgres" -gt 0 ] && { kill -s 0 "$postgres" 2>/dev/null || postgres=0; }
    [ "$clickhouse" -gt 0 ] && { kill -s 0 "$clickhouse" 2>/dev/null || clickhouse=0; }
    [ "$postgres" -eq 0 ] && [ "$clickhouse" -eq 0 ] && exit 0
    sleep 0.1
    tenths=$((tenths + 1))
  done
}

ask INT TERM 25  # PostgreSQL: fast shutdown
ask QUIT KILL 10 # PostgreSQL: immediate shutdown, recovers at the next start
ask KILL KILL 5
