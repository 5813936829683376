package io.confluent.kafka.schemaregistry.client.rest.exceptions;

/// As Confluent's looks from outside, since it is known by its name.
public final class RestClientException extends Exception {
    private final int errorCode;

    public RestClientException(int errorCode) {
        super("error code: " + errorCode);
        this.errorCode = errorCode;
    }

    public int getErrorCode() {
        return errorCode;
    }
}
