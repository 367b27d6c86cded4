package dev.finetune4j.cli;

/** What goes wrong with a job, or with those who look after it. */
enum Fault {
    /** No machine of the type is free when the job is launched. */
    STOCK_OUT_AT_CREATE("no machine is free at the launch"),
    /** A machine is taken back, and there is no other one. */
    STOCK_OUT_LATER("no machine is free after one was taken back"),
    /** A machine is taken back while it trains. */
    SPOT_RECLAIM("the machine is taken back"),
    /** The account may have no machine of the type, or no job. */
    QUOTA("the quota is 0"),
    /** The service asks to come less often. */
    THROTTLE_BURST("5 launches are throttled"),
    /** The service has errors of its own. */
    SERVER_ERROR_BURST("5 launches meet an error of the service"),
    /** Credentials expire while the job trains. */
    EXPIRED_CREDENTIAL("the credentials expire while it trains"),
    /** The caller may not launch. */
    ACCESS_DENIED("the caller may not launch"),
    /** The service finds the request of the job invalid. */
    BAD_SPEC("the service finds the request of the job invalid"),
    /** The code that trains fails. */
    USER_EXIT("the worker ends with exit code 1"),
    /** The code that trains ends with a code that was listed as one to try again after. */
    USER_EXIT_LISTED("the worker ends with exit code 75, which is listed for another try"),
    /** The service takes the launch, and its answer is lost. */
    LOST_ANSWER("the answer to the launch is lost"),
    /** The service does not answer for half an hour. */
    POLL_OUTAGE("the service does not answer for 30 min"),
    /** Somebody removes the job. */
    DELETED_BY_HAND("somebody deletes the job");

    private final String text;

    Fault(String text) {
        this.text = text;
    }

    /** What happens, for people. */
    String text() {
        return text;
    }
}
