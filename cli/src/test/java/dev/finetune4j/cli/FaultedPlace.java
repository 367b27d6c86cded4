package dev.finetune4j.cli;

import dev.finetune4j.offlinecloud.wire.Call;
import dev.finetune4j.offlinecloud.wire.Faults;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.util.List;
import java.util.Map;

/** A place of an offline cloud, as far as something can go wrong with a job that goes there. A job of a run is meant by the run's id. */
interface FaultedPlace extends AutoCloseable {
    /** What finds the cloud. */
    Map<String, String> environment();

    /** Settings of a job, as lines below {@code places}. */
    String settings();

    /** What goes wrong with single calls. */
    Faults faults();

    /** The operation that launches a job. */
    String create();

    /** The operation that looks at a job. */
    String look();

    /** Calls of an operation so far. */
    List<Call> calls(String operation);

    /** Names of the jobs that calls to {@link #create} made. */
    List<String> jobs();

    /** As the service words it that a request is none. */
    ServiceError invalid();

    /** From now on no machine is free of the kind that the job is on, or of the first choice before there is one. */
    void sellOut();

    /** Takes the machine back. */
    void reclaim(String run);

    /** From now on the account may have no machine of the first choice, or no job. */
    void refuseQuota();

    /** What a person does about it before the run is taken up again. */
    void grantQuota();

    /** Somebody removes a job, as in the service's console. */
    void remove(String run);

    /** Where the service reads the rows itself: it does not take them. */
    void refuseRows(String run);

    @Override
    void close();
}
