package dev.finetune4j.azure.internal;

import com.azure.core.annotation.BodyParam;
import com.azure.core.annotation.Delete;
import com.azure.core.annotation.ExpectedResponses;
import com.azure.core.annotation.Get;
import com.azure.core.annotation.Host;
import com.azure.core.annotation.HostParam;
import com.azure.core.annotation.PathParam;
import com.azure.core.annotation.Post;
import com.azure.core.annotation.Put;
import com.azure.core.annotation.QueryParam;
import com.azure.core.annotation.ServiceInterface;
import com.azure.core.annotation.UnexpectedResponseExceptionType;
import com.azure.core.exception.HttpResponseException;
import com.azure.core.http.rest.Response;
import com.azure.core.util.BinaryData;
import com.azure.core.util.Context;

/** Calls of the resource manager; azure-core makes them of these descriptions. All answers are JSON. */
@Host("{manager}")
@ServiceInterface(name = "AzureResourceManager")
interface ArmCalls {
    @Get("{resource}")
    @ExpectedResponses({200})
    @UnexpectedResponseExceptionType(HttpResponseException.class)
    Response<BinaryData> get(
            @HostParam("manager") String manager,
            @PathParam(value = "resource", encoded = true) String resource,
            @QueryParam("api-version") String version,
            Context context);

    /** What lies at a whole address that an answer gave: the next page of a list, or a result that may not be there yet. */
    @Get("{address}")
    @ExpectedResponses({200, 202})
    @UnexpectedResponseExceptionType(HttpResponseException.class)
    Response<BinaryData> at(
            @HostParam("manager") String manager,
            @PathParam(value = "address", encoded = true) String address,
            Context context);

    @Put("{resource}")
    @ExpectedResponses({200, 201})
    @UnexpectedResponseExceptionType(HttpResponseException.class)
    Response<BinaryData> put(
            @HostParam("manager") String manager,
            @PathParam(value = "resource", encoded = true) String resource,
            @QueryParam("api-version") String version,
            @BodyParam("application/json") BinaryData body,
            Context context);

    /** Makes what takes a while to make. */
    @Put("{resource}")
    @ExpectedResponses({200, 201, 202})
    @UnexpectedResponseExceptionType(HttpResponseException.class)
    Response<BinaryData> make(
            @HostParam("manager") String manager,
            @PathParam(value = "resource", encoded = true) String resource,
            @QueryParam("api-version") String version,
            @BodyParam("application/json") BinaryData body,
            Context context);

    /** Begins what takes a while; the answer is the result, or has the address of one. */
    @Post("{resource}")
    @ExpectedResponses({200, 202})
    @UnexpectedResponseExceptionType(HttpResponseException.class)
    Response<BinaryData> begin(
            @HostParam("manager") String manager,
            @PathParam(value = "resource", encoded = true) String resource,
            @QueryParam("api-version") String version,
            @BodyParam("application/json") BinaryData body,
            Context context);

    @Post("{resource}")
    @ExpectedResponses({200, 202})
    @UnexpectedResponseExceptionType(HttpResponseException.class)
    Response<Void> post(
            @HostParam("manager") String manager,
            @PathParam(value = "resource", encoded = true) String resource,
            @QueryParam("api-version") String version,
            Context context);

    /** Asks for what no reader is told. */
    @Post("{resource}")
    @ExpectedResponses({200})
    @UnexpectedResponseExceptionType(HttpResponseException.class)
    Response<BinaryData> ask(
            @HostParam("manager") String manager,
            @PathParam(value = "resource", encoded = true) String resource,
            @QueryParam("api-version") String version,
            Context context);

    @Delete("{resource}")
    @ExpectedResponses({200, 202, 204})
    @UnexpectedResponseExceptionType(HttpResponseException.class)
    Response<Void> delete(
            @HostParam("manager") String manager,
            @PathParam(value = "resource", encoded = true) String resource,
            @QueryParam("api-version") String version,
            Context context);
}
