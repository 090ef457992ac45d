# ${what}
# One window on the whole screen (cage), one browser, no other program; what it keeps lies in ${where}.
# A browser may say which pages it opened: nobody keeps that.
export HOME="$$${variable}"
exec cage -d -- chromium --kiosk ${options}--no-first-run --disable-pinch --overscroll-history-navigation=0 \
    --user-data-dir="$$${variable}/browser" "$$PTN_ADDRESS" > /dev/null 2>&1
