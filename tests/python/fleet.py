"""Processes that call for a while: fleet.py METHOD WORKERS SECONDS. Prints JSON."""
import json, multiprocessing, sys, time
import zoom

INTERVAL = 0.2
# Made once here: where processes are forked, all use this one.
client = zoom.make("client_from_env")


def one_call(failures):
    try:
        zoom.token_and_call(client)
    except Exception as error:
        failures.append(str(error))


def child():
    failures = []
    one_call(failures)
    sys.exit(len(failures))


def work(context, end, results):
    calls, failures, slowest = 0, [], 0.0
    while time.time() < end:
        begin = time.monotonic()
        calls += 1
        if context.get_start_method() == "fork" and calls % 5 == 0:
            process = context.Process(target=child)
            process.start()
            process.join()
            if process.exitcode:
                failures.append(f"a child ended with {process.exitcode}")
        else:
            one_call(failures)
        took = time.monotonic() - begin
        slowest = max(slowest, took)
        time.sleep(max(0.0, INTERVAL - took))
    results.put((calls, failures, slowest))


def main():
    method, workers, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    context = multiprocessing.get_context(method)
    results = context.Queue()
    end = time.time() + seconds
    processes = [context.Process(target=work, args=(context, end, results)) for _ in range(workers)]
    for process in processes:
        process.start()
    found = [results.get() for _ in processes]
    for process in processes:
        process.join()
    print(json.dumps({
        "calls": sum(calls for calls, _, _ in found),
        "failures": [text for _, texts, _ in found for text in texts],
        "slowest_ms": int(1000 * max(slowest for _, _, slowest in found)),
        "exit_codes": [process.exitcode for process in processes],
    }))


if __name__ == "__main__":
    main()
