package dev.tocsin.it;

@OnThreeBrokers
class RegistryOnThreeBrokersIT extends RegistryIT {}
