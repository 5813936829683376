package dev.tocsin.agent.probe;

import dev.tocsin.agent.probe.run.ProbeFailure;
import dev.tocsin.schemas.Phase;
import java.io.IOException;
import java.util.Set;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.Response;

/// What a check sends is for the host that it names. A redirect that leads elsewhere gets none of its headers, whatever they are called, and its body is not
/// sent there; over TLS to the same host they may go on. OkHttp itself takes away no more than `Authorization`.
record SameHost(HttpUrl named, Set<String> headers) {
    Response pass(Interceptor.Chain chain) throws IOException {
        var request = chain.request();
        if (isOf(request.url())) {
            return chain.proceed(request);
        }
        if (request.body() != null) {
            throw new ProbeFailure(
                    Phase.RESPONSE,
                    "redirect",
                    "a redirect would take the request's body to another host");
        }
        var bare = request.newBuilder();
        headers.forEach(bare::removeHeader);
        boolean usual = request.url().port() == HttpUrl.defaultPort(request.url().scheme());
        var host = request.url().host();
        var name = host.contains(":") ? "[" + host + "]" : host; // IPv6
        bare.header("Host", name + (usual ? "" : ":" + request.url().port()));
        bare.header("User-Agent", "tocsin");
        bare.header("Connection", "close");
        return chain.proceed(bare.build());
    }

    private boolean isOf(HttpUrl url) {
        boolean secured =
                !named.isHttps() && named.port() == 80 && url.isHttps() && url.port() == 443;
        return url.host().equals(named.host())
                && (secured || (url.scheme().equals(named.scheme()) && url.port() == named.port()));
    }
}
