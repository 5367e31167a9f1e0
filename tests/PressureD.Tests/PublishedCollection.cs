namespace PressureD.Tests;

/// <summary>All tests share what was published, and run one after the other: some measure the machine.</summary>
[CollectionDefinition(Name)]
public sealed class PublishedCollection : ICollectionFixture<PublishedProduct>
{
    public const string Name = "published";
}
